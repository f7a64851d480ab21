"""The demo city as data: places and areas from OpenStreetMap, invented control rooms, people and reports."""

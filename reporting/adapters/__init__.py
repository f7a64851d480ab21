"""The outside world: database server, queue, geocoder, clock, seals."""

"""The pictures' room: opens what strangers sent, in a process that has nothing to lose, and keeps our own copies of it."""

"""Read side: one function is one question put to the tables."""

"""Paper: pages as PDF with our own fonts inside, the same bytes for the same content."""

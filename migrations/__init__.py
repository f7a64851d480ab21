"""Numbered migrations, one head. Each works beside the code before and after it, waits briefly for locks, and goes down again."""

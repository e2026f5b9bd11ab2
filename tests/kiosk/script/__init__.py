"""What the page's script does in a real browser."""

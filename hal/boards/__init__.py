"""Lock boards on a serial bus: one pure codec a make, and one bank that speaks through any of them."""

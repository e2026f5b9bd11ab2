"""An incident on a desk: what a locker knows in one file, folded, checked, and decided again."""

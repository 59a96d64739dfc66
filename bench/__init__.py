"""Speed, side by side in one run: each figure stands beside that of the other way to do it."""

"""The line from file to released product; every screen and command makes one call into it."""

"""What an index has to survive: killed writers, a full disk, unreadable files, flipped bytes, a crowd. `make torture`."""

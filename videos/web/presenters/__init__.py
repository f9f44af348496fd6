"""What templates show: rows turned into plain values, in the reader's language."""

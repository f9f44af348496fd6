"""What tasks will cost: learned from earlier ones, corrected while they run."""

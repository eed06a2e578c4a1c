"""What a user could pick instead of our index, asked the same questions on the same points."""

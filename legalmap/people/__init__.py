"""Who works here: what proves it, what they may open, and the record of what they did."""

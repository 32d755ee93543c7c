"""What the metrics keep of a clip."""

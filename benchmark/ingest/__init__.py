"""From files to rows: clips, datasets, manifests."""

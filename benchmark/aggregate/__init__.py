"""How systems did over a dataset: rates and means with intervals, animations as the independent parts."""

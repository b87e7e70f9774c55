"""A whole country to measure with: made-up families, policies and claims for real places, copied into the tables."""

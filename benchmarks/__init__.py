"""What Bima costs, against other ways of doing the same: `python -m benchmarks [name ...]`."""

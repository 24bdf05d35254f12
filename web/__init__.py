"""The front door: pages and their assets. The only HTML of the house."""

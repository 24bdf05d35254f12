"""The studio for hire: what a worker on another machine serves, and how the house calls one."""

"""Untrusted files: opened in a sandboxed child, handed on as plain samples."""

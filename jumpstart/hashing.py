"""Keccak-256, the hash of every EVM chain. Knows bytes only, not what they mean.

The 32-byte digest with the original padding, not SHA-3's.
"""

from tiny_keccak import keccak256

__all__ = ["keccak256"]

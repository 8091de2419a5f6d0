"""Jumpstart: a token sale on an EVM chain in which every figure can be recomputed by anyone.

The modules beside this page know no chain: they hold the terms of a sale, its arithmetic and its
formats. Only `jumpstart.chain` talks to one.
"""

"""Snapshots: who held how much of a token at given blocks, from its transfers.

`transfers` reads files, `engines` runs queries on DuckDB or Spark, `checks` finds what is wrong with
the transfers, `balances` is the one query, `figures` makes holdings of balances, `shards` publishes
them with their proofs, `manifest` says what they were made of, `run` does all of it. `histories` makes
transfers up. Nothing here talks to a chain.
"""

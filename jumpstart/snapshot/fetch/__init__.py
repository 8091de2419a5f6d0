"""Fetching: the logs of a contract from nodes that limit, drop, lag and lie, as Parquet files.

`limits` learns how much a node answers, `endpoint` asks one, `pool` shares the work among several,
`logs` and `headers` read what they answer, `inquiry` asks until an answer is complete, `proofs` reads
receipts where it is in doubt. `ranges` knows what is left, `crew` has it fetched, `checkpoint` keeps it,
`tables` has the columns, `run` does all of it. Which logs are asked for (`logs.Filter`) and which rows
they become (`tables.Layout`) are independent: `transfers` is the fetch of one token's transfers, and
`state` holds them against its balances.
"""

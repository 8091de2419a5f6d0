"""The record of a deployment against the chain and the sources, value by value.

findings   what is compared, and what differs
expected   what the inputs of a record must have led to: addresses, calls, code
rebuild    that code, made again from the sources on a private chain
records    the record itself        platforms, sales   getters, roles and events of each kind
verify     all of it
"""

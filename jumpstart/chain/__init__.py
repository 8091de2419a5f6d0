"""The only part of the package that knows a chain: compiling, a local node, sending and reading."""

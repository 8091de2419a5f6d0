"""Verifying a record: what it says, what follows from its inputs and the sources, and what the chain has.

checks        what was expected and what was found, by name; what was not compared, and why
inputs        the inputs of a record as values
expected      contracts, transactions and results that follow from them
agreement     the inputs against what was really given
source        the compiler's input: of the record, beside it, and of this checkout
rebuild       the code of a contract, made again       code       that on the chain against it
transactions  how each step was sent
questions     getters, asked at one block, none forgotten
scene         what all of them read from
history       every event since the creation
review        applications and votes as events make them      vault     grants
passes        passes                                          token     a token of the platform's own
life          a sale as its events make it                  funds     what contracts hold
platform      a platform's roles, getters and events          sale      a sale's
verify        all of it
"""

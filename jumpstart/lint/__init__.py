"""Everything that can be known wrong about terms before anybody signs them."""

"""What tests of every band share; never imported by the product itself."""

"""The benchmark: a data folder of its own, invented customers, the product's own code under the clock."""

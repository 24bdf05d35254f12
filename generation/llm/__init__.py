"""Language models that are asked for ideas: many providers, one way of asking. Opens no connection itself."""

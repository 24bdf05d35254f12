"""How a front listens: connections and their deadlines, answers, probes."""

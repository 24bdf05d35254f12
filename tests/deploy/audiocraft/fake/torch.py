"""As much of torch as a worker of audiocraft calls."""

seeds = []


def manual_seed(seed):
    seeds.append(seed)

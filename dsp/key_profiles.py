import numpy as np
PROFILES=np.zeros((2,12)); BEGINNING=0.; MINOR=0.

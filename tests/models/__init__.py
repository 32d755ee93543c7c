"""DreamSim and CoTracker3 with weights made on the spot."""

from benchmark.metrics.torch_tools import declare_torchvision_operators

declare_torchvision_operators()  # before any module here imports DreamSim, which imports torchvision

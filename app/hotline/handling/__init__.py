"""How units handle together and gain time: handing down, extension, pause and suspension; each step has its rule and its trace."""

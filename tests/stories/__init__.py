"""Stories of people at the screen: a browser with real taps, the real runtime and journal, the world's doors."""

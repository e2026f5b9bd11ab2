"""Every screen of the kiosk with every variant of its words, each reached by what people do at a real-sized locker."""

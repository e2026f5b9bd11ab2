"""The street beside the locker's screen: a page on which a visitor plays the whole story by hand."""

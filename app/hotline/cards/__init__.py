"""Yellow cards: a unit that leaves a limit far behind is shown one, by rule or by a supervisor, and it can be taken back."""

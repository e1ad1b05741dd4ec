"""Head CT in; haemorrhage and oedema masks, volumes and a preview out."""

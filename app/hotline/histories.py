"""The history of a root reads as one story: the chain tells what happened, record tables give the words to those who may."""

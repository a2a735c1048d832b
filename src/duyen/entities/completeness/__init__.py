"""How complete records are: what counts, with which weight, kept on each row, told with what is missing."""

"""What rtnetlink tells about interfaces and addresses: socket, messages, what they add up to.

A message comes in (`netlink`), is read (`decode`) and changes a view of the machine (`view`), which
gives the changes that somebody has to hear (`fingerpost.host.linux.interfaces`). rtnetlink(7).
"""

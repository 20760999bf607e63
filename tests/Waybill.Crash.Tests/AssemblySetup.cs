// The tests start, kill and pause processes that need the machine for themselves.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

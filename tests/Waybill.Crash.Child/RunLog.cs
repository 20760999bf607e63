using System.Text;

namespace Waybill.Crash.Child;

/// <summary>
/// One line for each run of a handler: <c>ID:HOP NODE KEY ATTEMPT</c>. A line is written at once, without a buffer that
/// a kill could empty.
/// </summary>
internal sealed class RunLog(string file) : IDisposable
{
    private readonly Lock gate = new();
    private readonly FileStream stream = new(file, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);

    public void Ran<TData>(Element<TData> element)
    {
        byte[] line = Encoding.UTF8.GetBytes(
            $"{element.IdempotencyKey} {element.Node.Node} {element.BusinessKey} {element.Attempt}\n");
        lock (gate)
            stream.Write(line);
    }

    public void Dispose() => stream.Dispose();
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Waybill;
using Waybill.Stores;

namespace Bookstore;

/// <summary>The keys that customers' cards are encrypted with, in a file that all processes of the site have.</summary>
public static class CardKeys
{
    private static readonly RecordKey Current = new("bookstore.keys", "current");

    /// <summary>Reads the ring of a process; one that writes to the site makes the file when there is none.</summary>
    /// <exception cref="InvalidDataException">The file is no key ring.</exception>
    public static SecretKeyRing Open(SiteOrder order)
    {
        string file = FileOf(order);
        string line = SecretKeyRing.NewLine($"cards-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        // Who only looks does without: what is encrypted stays so.
        if (!File.Exists(file) && order.IsReadOnly)
            return SecretKeyRing.Parse(line);
        if (!File.Exists(file))
            Make(file, line);
        try
        {
            return SecretKeyRing.Parse(File.ReadAllText(file));
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException)
        {
            throw new InvalidDataException($"{file} is no key ring: {fault.Message}", fault);
        }
    }

    /// <summary>
    /// Before anything is written: sees to it that this process has the key that the site's processes used last.
    /// </summary>
    /// <exception cref="InvalidDataException">It does not: it would encrypt what the others cannot read.</exception>
    public static async Task RequireAsync(IServiceProvider site, SiteOrder order, CancellationToken cancel)
    {
        IRecordStore records = site.GetRequiredService<ISiteStore>().Records;
        SecretKeyRing ring = site.GetRequiredService<SecretKeyRing>();
        StoredRecord? used = (await records.ReadAsync([Current], cancel))[0];
        string? id = used is null ? null : JsonSerializer.Deserialize<string>(used.Value.Span);
        if (id == ring.CurrentKeyId)
            return;
        if (id is not null && ring.Find(id).IsEmpty)
        {
            throw new InvalidDataException(
                $"Cards of this site are encrypted with the key {id}, which {FileOf(order)} does not have. Bring the "
                + "file back, copy it from the machine that has it, or name it with --keys.");
        }

        byte[] current = JsonSerializer.SerializeToUtf8Bytes(ring.CurrentKeyId);
        if (!await records.WriteAsync([new RecordWrite(Current, current) { Expected = used?.Revision ?? 0 }], cancel))
            await RequireAsync(site, order, cancel);
    }

    /// <summary>The one that was named; else beside a SQLite file, or in the folder that the process runs in.</summary>
    public static string FileOf(SiteOrder order) => Path.GetFullPath(order.KeyFile
        ?? (order.Store.Kind == StoreKind.Sqlite
            ? Path.ChangeExtension(order.Store.Place, ".keys")
            : "bookstore.keys"));

    // Whole or not at all, for its owner only; of two processes that make it at once, one does.
    private static void Make(string file, string line)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        string draft = $"{file}.{Environment.ProcessId}";
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (FileStream made = new(draft, options))
        {
            made.Write(Encoding.UTF8.GetBytes($"{line}\n"));
            made.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(draft);
        }
    }
}

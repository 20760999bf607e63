using System.Runtime.InteropServices;

// A number means nothing without the machine it was measured on, so every report begins with it.
Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}");
Console.WriteLine($"{Environment.ProcessorCount} cores, {RuntimeInformation.ProcessArchitecture}");

/**
 * ONNX Runtime reports its use to its maker unless this is set before its library is loaded. Nothing may leave the
 * user's machine. (Its reporting also reads the command line, and crashes on one of more than some 7,000 characters.)
 */
process.env.ORT_DISABLE_TELEMETRY = '1';

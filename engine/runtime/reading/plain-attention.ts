/**
 * ONNX Runtime's flash attention takes 1.4 to 1.9 times as long on a CPU as its plain one, which needs room for a chunk's
 * attention to all tokens instead: `longestChunk` bounds it. Read when a session is made.
 */
process.env.ORT_GQA_DISABLE_FLASH_ATTENTION = '1';

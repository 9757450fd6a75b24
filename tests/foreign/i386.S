/* A program of i386: writes a line and exits, by the 32-bit interface of the kernel. */
	.globl _start
_start:
	movl $4, %eax
	movl $1, %ebx
	movl $text, %ecx
	movl $8, %edx
	int $0x80
	movl $1, %eax
	xorl %ebx, %ebx
	int $0x80
	ud2
text:
	.ascii "through\n"
	.section .note.GNU-stack, "", @progbits

/* A program of x32: writes a line and exits, by the numbers of x86-64 with bit 30. */
	.globl _start
_start:
	movl $0x40000001, %eax
	movl $1, %edi
	movl $text, %esi
	movl $8, %edx
	syscall
	movl $0x4000003c, %eax
	xorl %edi, %edi
	syscall
	ud2
text:
	.ascii "through\n"
	.section .note.GNU-stack, "", @progbits
